#include "bench/support/subject.h"

#include <dlfcn.h>

#include <filesystem>

namespace bench {
namespace {

// The named entry point first, then the one SQLite guesses.
Db LoadOnConnection(const std::string& library) {
  Db db = OpenDb(":memory:");
  sqlite3_enable_load_extension(db.get(), 1);
  std::string problem;
  for (const char* entry : {"sqlite3_honkerext_init", static_cast<const char*>(nullptr)}) {
    char* message = nullptr;
    if (sqlite3_load_extension(db.get(), library.c_str(), entry, &message) == SQLITE_OK) return db;
    if (problem.empty() && message != nullptr) problem = message;
    sqlite3_free(message);
  }
  Fail("\"" + std::filesystem::path(library).filename().string() +
       "\" cannot be loaded as an SQLite extension: " +
       Without(std::filesystem::path(library).parent_path().string(), problem));
}

template <typename Function>
void Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) Fail(std::string("the subject does not export ") + name);
}

}  // namespace

NamedSubject ParseNamedSubject(const std::string& text) {
  const size_t equals = text.find('=');
  const bool named = equals != std::string::npos && equals > 0 && text.find('/') > equals;
  // Absolute: a loader looks for a bare name elsewhere.
  const std::filesystem::path file =
      std::filesystem::absolute(named ? text.substr(equals + 1) : text);
  return {named ? text.substr(0, equals) : file.filename().string(), file.string()};
}

Subject::Subject(const std::string& library) : loads_it_(LoadOnConnection(library)) {
  void* loaded = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) Fail(dlerror());
  Find(loaded, "honker_watcher_open_v2", open_);
  Find(loaded, "honker_watcher_wait", wait_);
  Find(loaded, "honker_watcher_close", close_);
}

HonkerWatcherHandle* Subject::Open(const std::string& path, const std::string& backend,
                                   uint64_t interval_ms, std::string* refusal) const {
  char sentence[1024] = "";
  HonkerWatcherHandle* handle =
      open_(path.c_str(), backend.c_str(), interval_ms, sentence, sizeof sentence);
  if (handle == nullptr) *refusal = *sentence == '\0' ? "no reason given" : sentence;
  return handle;
}

}  // namespace bench
