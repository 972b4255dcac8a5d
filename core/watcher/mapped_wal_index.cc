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

}  // namespace

Result<MappedWalIndex> MappedWalIndex::Open(sqlite3* db, const std::string& path) {
  Status read =
      Patiently<Done>(100, [db] { return Execute(db, "SELECT count(*) FROM main.sqlite_schema"); });
  if (!read.ok()) return read.error();
  const volatile void* map = Map(db);
  if (map == nullptr) return Error{1, "the WAL-index of this database cannot be mapped"};
  ShmFile file(path);
  Status noted = file.Note();
  if (!noted.ok()) return noted.error();
  return MappedWalIndex(map, std::move(file));
}

Look MappedWalIndex::Read(WalIndexHeader* header) {
  Look file = file_.Check();
  if (file.kind != Look::kQuiet) return file;
  if (!ReadWalIndexHeader(map_, header)) return Look::Busy();
  if (header->version != kWalIndexVersion) {
    return Look::Trouble("the WAL-index has the unknown version " +
                         std::to_string(header->version));
  }
  return {};
}

}  // namespace honker
