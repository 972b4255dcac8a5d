#include "core/sql/main_place.h"

#include <memory>

namespace honker {
namespace {

int64_t Counted(sqlite3* db, int what) {
  int now = 0;
  int highest = 0;
  sqlite3_db_status(db, what, &now, &highest, 0);
  return now;
}

sqlite3_file* FileOfMain(sqlite3* db) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file;
}

const sqlite3_io_methods* MethodsOf(const sqlite3_file* file) {
  return file == nullptr ? nullptr : file->pMethods;
}

// "memdb(0x55d0c8a41f48", or "" where main is no image.
std::string ImageOfMain(sqlite3* db) {
  char* name = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &name);
  const std::unique_ptr<char, void (*)(void*)> freed(name, [](void* text) { sqlite3_free(text); });
  std::string vfs = name == nullptr ? "" : name;
  if (!vfs.starts_with("memdb(")) return "";
  return vfs.substr(0, vfs.find(','));  // the size follows
}

}  // namespace

void MainPlace::Note(sqlite3* db) {
  file_ = FileOfMain(db);
  methods_ = MethodsOf(file_);
  image_ = ImageOfMain(db);
  fetches_ = is_image()
                 ? Counted(db, SQLITE_DBSTATUS_CACHE_HIT) + Counted(db, SQLITE_DBSTATUS_CACHE_MISS)
                 : 0;
}

bool MainPlace::Stayed(sqlite3* db) const {
  if (!is_image() && MethodsOf(FileOfMain(db)) == methods_) return true;
  const MainPlace now(db);
  // An image made anew at the same address starts to count again.
  return is_image() && now.file_ == file_ && now.image_ == image_ && now.fetches_ >= fetches_;
}

}  // namespace honker
