// Writes compact JSON for every possible text.
//
// SQLite's own json_object() and json_quote() stop at a NUL byte and, before 3.42, pass invalid
// UTF-8 through; honker promises that a payload comes back as it went in, so it writes its own.
#ifndef CORE_BASE_JSON_WRITER_H_
#define CORE_BASE_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace honker {

// Appends a JSON string. `text` must be valid UTF-8 (see utf8.h); quotes, backslashes and control
// characters, NUL among them, are escaped, everything else stays as it is.
void AppendJsonString(std::string& out, std::string_view text);

// Builds one flat object: JsonObject(out).Int("id", 1).Text("queue", q).Close(). The names are
// written as they are.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

  JsonObject& Int(std::string_view name, int64_t value);
  JsonObject& Text(std::string_view name, std::string_view value);
  JsonObject& Bool(std::string_view name, bool value);
  JsonObject& Null(std::string_view name);
  void Close() { out_ += '}'; }

 private:
  void Name(std::string_view name);

  std::string& out_;
  bool first_ = true;
};

}  // namespace honker

#endif  // CORE_BASE_JSON_WRITER_H_
