#include "harness/history/lock_events.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace harness {
namespace {

using faults::locks::BookFile;
using faults::locks::BookLock;

Value LockValue(const BookLock& lock) {
  return Value::MakeObject({{"mode", lock.write ? "write" : "read"},
                            {"start", lock.start},
                            {"end", lock.end == INT64_MAX ? -1 : lock.end}});
}

Value FileValue(const BookFile& file) {
  const std::string_view path = file.path;
  return Value::MakeObject({{"file", EncodeBytes(path.substr(path.rfind('/') + 1))},
                            {"path", EncodeBytes(path)},
                            {"locks", Value::MakeArray()}});
}

void AddLock(Value& value, const BookLock& lock) {
  Value locks = value["locks"];
  locks.Append(LockValue(lock));
  value.Set("locks", std::move(locks));
}

}  // namespace

std::vector<Value> MissingLocks(const std::vector<faults::locks::Believed>& missing) {
  std::vector<Value> values;
  std::vector<int16_t> files;
  for (const auto& [lock, file] : missing) {
    const auto known = std::ranges::find(files, lock.file);
    if (known == files.end()) {
      files.push_back(lock.file);
      values.push_back(FileValue(file));
      AddLock(values.back(), lock);
    } else {
      AddLock(values[static_cast<size_t>(known - files.begin())], lock);
    }
  }
  return values;
}

Value ReleasedLocks(const faults::locks::BookLoss& loss) {
  Value value = FileValue(loss.file);
  for (int i = 0; i < std::min<int>(loss.locks, std::size(loss.lock)); ++i)
    AddLock(value, loss.lock[i]);
  Value stack = Value::MakeArray();
  const std::string_view lines = loss.stack;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    stack.Append(EncodeBytes(lines.substr(begin, end - begin)));
    begin = end + 1;
  }
  value.Set("seen", loss.seen);
  value.Set("by", Value::MakeObject({{"call", std::string(loss.call)},
                                     {"caller", EncodeBytes(loss.caller)},
                                     {"thread", EncodeBytes(loss.thread)},
                                     {"tid", loss.tid},
                                     {"stack", std::move(stack)}}));
  return value;
}

}  // namespace harness
