#include "core/watcher/mapped_wal_index.h"

#include "core/sql/statement.h"
#include "core/watcher/own_connection.h"

namespace honker {
namespace {

// Region 0 of the WAL-index as this connection has mapped it; nullptr where it has none.
const volatile void* Map(sqlite3* db) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK)
    return nullptr;
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) return nullptr;
  volatile void* map = nullptr;
  constexpr int kDoNotExtend = 0;
  const int code = file->pMethods->xShmMap(file, 0, kWalIndexRegionBytes, kDoNotExtend, &map);
  return code == SQLITE_OK ? map : nullptr;
}

bool Holds(const FileSight& sight) {
  return sight.size >= static_cast<int64_t>(kWalIndexHeaderBytes);
}

}  // namespace

Result<MappedWalIndex> MappedWalIndex::Open(sqlite3* db, const std::string& path) {
  Status read =
      Patiently<Done>(100, [db] { return Execute(db, "SELECT count(*) FROM main.sqlite_schema"); });
  if (!read.ok()) return read.error();
  const volatile void* map = Map(db);
  if (map == nullptr) return Error{1, "the WAL-index of this database cannot be mapped"};
  std::string shm_path = path + "-shm";
  const FileSight sight = See(shm_path);
  if (sight.kind != FileSight::kFound)
    return Error{1, "the file \"" + shm_path + "\" is not there"};
  if (!Holds(sight)) return Error{1, "the file \"" + shm_path + "\" is too short"};
  return MappedWalIndex(map, std::move(shm_path), sight.identity);
}

Look MappedWalIndex::Read(WalIndexHeader* header) const {
  const FileSight sight = See(shm_path_);
  if (sight.kind == FileSight::kUnreadable) return Look::Trouble("-shm cannot be looked at");
  if (sight.kind == FileSight::kGone || !(sight.identity == identity_)) return Death(sight);
  if (!Holds(sight)) return Look::Trouble("-shm was truncated by another program");
  if (!ReadWalIndexHeader(map_, header)) return Look::Busy();
  if (header->version != kWalIndexVersion) {
    return Look::Trouble("the WAL-index has the unknown version " +
                         std::to_string(header->version));
  }
  return {};
}

Look MappedWalIndex::Death(const FileSight& sight) const {
  const bool gone = sight.kind == FileSight::kGone;
  return Look::Dead(
      std::string("honker: WAL-index file ") + (gone ? "is gone" : "replaced") + ": expected (" +
      identity_.Text() + "), found " +
      (gone ? "nothing" : std::string("(").append(sight.identity.Text()) + ")") + " at \"" +
      shm_path_ +
      "\". The watcher cannot recover; close the Database and reopen with honker.open().");
}

}  // namespace honker
