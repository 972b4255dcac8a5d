#include "harness/run/environment.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "harness/run/child_process.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr int kProbeMs = 60'000;
constexpr int kCompileMs = 300'000;

std::string FirstBytes(const std::string& path, size_t n) {
  std::string bytes(n, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(n));
  bytes.resize(static_cast<size_t>(in.gcount()));
  return bytes;
}

bool IsLibrary(const std::string& path) {
  return FirstBytes(path, 4) == std::string(
                                    "\x7f"
                                    "ELF",
                                    4);
}

std::string ContentHash(const std::string& path) {
  uint64_t hash = 14695981039346656037ULL;
  std::ifstream in(path, std::ios::binary);
  for (char c; in.get(c);) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return std::to_string(hash);
}

// Compiles an amalgamation as distributions do: thread-safe, with the options that tests rely on.
Status CompileAmalgamation(const std::string& source, const std::string& library) {
  const char* compiler = std::getenv("CC");
  // A name of its own: runs that start at once share the cache, and each of them may compile.
  std::string partial = library + ".XXXXXX";
  const int fd = mkstemp(partial.data());
  if (fd < 0) return ErrnoError("cannot make " + partial, errno);
  close(fd);
  const std::string log = partial + ".log";
  const Command command{
      .executable = "/usr/bin/env",
      .arguments = {compiler ? compiler : "cc", "-O2", "-fPIC", "-shared", "-DSQLITE_THREADSAFE=1",
                    "-DSQLITE_ENABLE_COLUMN_METADATA", "-DSQLITE_ENABLE_FTS5",
                    "-DSQLITE_ENABLE_DBSTAT_VTAB", "-DSQLITE_INTROSPECTION_PRAGMAS",
                    "-Wl,-soname,libsqlite3.so.0", "-o", partial, source, "-lpthread", "-ldl",
                    "-lm"},
      .environment = {},
      .stderr_path = log};
  const Result<std::string> compiled = RunToEnd(command, kCompileMs);
  std::error_code ec;
  fs::remove(log, ec);
  if (!compiled.ok()) {
    fs::remove(partial, ec);
    return Error{"cannot compile " + source + ": " + compiled.error()};
  }
  fs::permissions(partial, fs::perms::others_read | fs::perms::group_read, fs::perm_options::add,
                  ec);  // mkstemp lets nobody else read
  fs::rename(partial, library, ec);
  if (ec) return Error{"cannot keep " + library + ": " + ec.message()};
  return Ok();
}

}  // namespace

bool SubjectInfo::HasFunction(const std::string& name) const {
  return std::ranges::any_of(functions,
                             [&](const std::string& f) { return f.starts_with(name + "/"); });
}

bool SubjectInfo::HasSite(const std::string& name) const {
  return std::ranges::any_of(sites.items(),
                             [&](const Value& site) { return site["site"].Text() == name; });
}

Result<SqliteInfo> ProbeSqlite(const std::string& actor, const std::string& given,
                               const std::string& cache) {
  SqliteInfo info;
  std::error_code ec;
  fs::create_directories(cache, ec);
  if (!given.empty()) {
    const fs::path path = fs::absolute(given);
    info.given = path.string();
    if (!fs::is_regular_file(path, ec))
      return Error{"--sqlite " + given + ": there is no such file"};
    const std::string folder = cache + "/sqlite-" + ContentHash(path.string());
    fs::create_directories(folder, ec);
    const std::string library = folder + "/libsqlite3.so.0";
    if (path.extension() == ".c") {
      if (!fs::exists(library)) {
        Status compiled = CompileAmalgamation(path.string(), library);
        if (!compiled.ok()) return Error{compiled.error()};
      }
    } else if (IsLibrary(path.string())) {
      // Under another name first: a run that started before must not find it gone.
      const std::string link = library + "." + std::to_string(getpid());
      fs::remove(link, ec);
      fs::create_symlink(path, link, ec);
      fs::rename(link, library, ec);
    } else {
      return Error{"--sqlite " + given + " is neither a libsqlite3.so.0 nor a sqlite3.c"};
    }
    info.library_folder = folder;
  }
  const std::string identity_log = cache + "/identity-" + std::to_string(getpid()) + ".log";
  const Command command{
      .executable = actor,
      .arguments = {"--identity", "1"},
      .environment =
          info.library_folder.empty()
              ? std::map<std::string, std::string>{}
              : std::map<std::string, std::string>{{"LD_LIBRARY_PATH", info.library_folder}},
      .stderr_path = identity_log};
  const Result<std::string> printed = RunToEnd(command, kProbeMs);
  fs::remove(identity_log, ec);
  if (!printed.ok()) return Error{"cannot ask which SQLite this is: " + printed.error()};
  const Result<Value> identity = Value::Parse(printed.value());
  if (!identity.ok()) return Error{identity.error()};
  info.version = identity.value()["version"].Text();
  info.source_id = identity.value()["source_id"].Text();
  // What was given must be what is loaded: the library's own bytes hold its source id.
  if (!given.empty()) {
    std::ifstream in(info.library_folder + "/libsqlite3.so.0", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (bytes.find(info.source_id) == std::string::npos) {
      return Error{"--sqlite " + given + " was not loaded: actors got SQLite " + info.version +
                   " instead (is it a libsqlite3.so.0?)"};
    }
  }
  return info;
}

Result<SubjectInfo> ProbeSubjectLibrary(const std::string& actor, const SqliteInfo& sqlite,
                                        const std::string& path, const std::string& scratch) {
  std::error_code ec;
  SubjectInfo info;
  info.path = fs::absolute(path).lexically_normal().string();
  if (!fs::exists(info.path, ec)) return Error{"--subject " + path + ": there is no such file"};
  if (!fs::is_regular_file(info.path, ec) || !IsLibrary(info.path)) {
    return Error{
        "--subject " + path +
        " is no library: a subject is a loadable SQLite extension, such as libhonker_ext.so"};
  }
  fs::create_directories(scratch, ec);
  const std::string log = scratch + "/probe.log";
  Command command{.executable = actor,
                  .arguments = {"--probe", "1", "--subject", info.path, "--scratch", scratch},
                  .environment = {},
                  .stderr_path = log};
  if (!sqlite.library_folder.empty())
    command.environment["LD_LIBRARY_PATH"] = sqlite.library_folder;
  const Result<Ended> run = RunUntilEnd(command, kProbeMs);
  fs::remove_all(scratch, ec);
  if (!run.ok()) return Error{"probing --subject " + path + " failed: " + run.error()};
  const Ended& ended = run.value();
  if (!ended.status) {
    info.crash = "the subject hangs: it was not probed within " + std::to_string(kProbeMs) + " ms";
    return info;
  }
  if (ended.status->signaled) {
    info.crash = "the subject crashed while it was probed: " + ended.status->Words() +
                 (ended.errors.empty() ? "" : "\n" + ended.errors);
    return info;
  }
  if (ended.status->code != 0) {
    return Error{"probing --subject " + path + " failed: " + ended.status->Words() + ": " +
                 ended.errors};
  }
  const Result<Value> found = Value::Parse(ended.output);
  if (!found.ok()) return Error{"probing --subject " + path + " printed " + found.error()};
  info.loads = found.value()["loads"].Bool();
  info.error = found.value()["error"].Text();
  info.abi = found.value()["abi"].Bool();
  info.backends = found.value()["backends"];
  info.sites = found.value()["sites"];
  for (const Value& name : found.value()["functions"].items()) info.functions.insert(name.Text());
  return info;
}

}  // namespace harness
