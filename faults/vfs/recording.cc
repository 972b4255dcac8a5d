#include "faults/vfs/recording.h"

#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace faults::vfs {
namespace {

using Json = nlohmann::json;

// Nothing where it is no base64 with padding.
std::optional<std::string> FromBase64(const std::string& text) {
  static const std::array<int, 256> kValues = [] {
    std::array<int, 256> values{};
    values.fill(-1);
    int next = 0;
    for (const auto& [from, to] : {std::pair{'A', 'Z'}, {'a', 'z'}, {'0', '9'}}) {
      for (int c = from; c <= to; ++c) values[static_cast<size_t>(c)] = next++;
    }
    values['+'] = 62;
    values['/'] = 63;
    return values;
  }();
  if (text.size() % 4 != 0) return std::nullopt;
  size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int value = kValues[static_cast<unsigned char>(text[i])];
    if (value < 0) return std::nullopt;
    group = group << 6 | static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255);
  }
  return bytes;
}

class Reader {
 public:
  // What is wrong with the line, or nothing.
  std::optional<std::string> Take(const Json& line, size_t number) {
    const int64_t pid = line.value("pid", int64_t{0});
    if (line.contains("begin")) return Begin(line, pid, number);
    if (line.contains("end")) return End(line, pid, number);
    return "neither begin nor end";
  }
  std::vector<RecordedCall> calls;

 private:
  std::optional<std::string> Begin(const Json& line, int64_t pid, size_t number) {
    RecordedCall call{.pid = pid,
                      .number = line.value("begin", int64_t{0}),
                      .site = line.value("site", ""),
                      .path = line.value("path", ""),
                      .offset = line.value("offset", int64_t{-1}),
                      .bytes = line.value("bytes", int64_t{0}),
                      .detail = line.value("detail", ""),
                      .data = std::nullopt,
                      .begin_t_ns = line.value("t_ns", int64_t{0}),
                      .begin_line = number,
                      .rc = std::nullopt};
    if (line.contains("data")) {
      call.data = FromBase64(line.value("data", ""));
      if (!call.data || static_cast<int64_t>(call.data->size()) != call.bytes) {
        return "its data are not the bytes it names";
      }
    }
    began_[{pid, call.number}] = calls.size();
    ++counts_[pid];
    int64_t& first = first_.try_emplace(pid, call.number).first->second;
    int64_t& last = last_[pid];
    first = std::min(first, call.number);
    last = std::max(last, call.number);
    calls.push_back(std::move(call));
    return std::nullopt;
  }

  std::optional<std::string> End(const Json& line, int64_t pid, size_t number) {
    const auto begin = began_.find({pid, line.value("end", int64_t{0})});
    if (begin == began_.end()) return "an end without its begin";
    calls[begin->second].rc = line.value("rc", 0);
    calls[begin->second].end_line = number;
    return std::nullopt;
  }

  std::map<std::pair<int64_t, int64_t>, size_t>
      began_;                                         // by process and number, its place in calls
  std::map<int64_t, int64_t> counts_, first_, last_;  // by process

 public:
  // A process of which a number is missing; 0: none.
  [[nodiscard]] int64_t Incomplete() const {
    for (const auto& [pid, count] : counts_) {
      if (last_.at(pid) - first_.at(pid) + 1 != count) return pid;
    }
    return 0;
  }
};

}  // namespace

Result<std::vector<RecordedCall>> ReadRecording(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return ErrnoError("read recording", path);
  Reader reader;
  std::string text;
  for (size_t number = 1; std::getline(file, text); ++number) {
    if (file.eof()) break;  // torn: the process died while it wrote
    const auto wrong = [&](const std::string& what) {
      return Error{"read recording", path, 0, "line " + std::to_string(number) + ": " + what};
    };
    const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object()) return wrong("it is not an object");
    try {
      if (const auto problem = reader.Take(line, number)) return wrong(*problem);
    } catch (const Json::exception& wrong_type) {
      return wrong(wrong_type.what());
    }
  }
  if (const int64_t pid = reader.Incomplete(); pid != 0) {
    return Error{"read recording", path, 0,
                 "a call of process " + std::to_string(pid) + " is missing"};
  }
  return std::move(reader.calls);
}

bool MakesDurable(const RecordedCall& sync, const RecordedCall& change) {
  return sync.site.rfind("vfs.sync.", 0) == 0 && sync.rc == 0 && sync.path == change.path &&
         change.end_line != 0 && change.end_line < sync.begin_line;
}

}  // namespace faults::vfs
