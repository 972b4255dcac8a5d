#include "harness/base/value.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Value& v) {
  if (v.is_null()) return nullptr;
  if (v.is_bool()) return v.Bool();
  if (v.is_int()) return v.Int();
  if (v.is_number()) return v.Number();
  if (v.is_text()) return v.Text();
  if (v.is_array()) {
    Json out = Json::array();
    for (const Value& item : v.items()) out.push_back(ToJson(item));
    return out;
  }
  Json out = Json::object();
  for (const Value::Member& m : v.members()) out[m.name] = ToJson(m.value);
  return out;
}

// Builds a Value from the parser's events. These, and not its tree, show how a number was written:
// the tree holds an integer beyond 64 bits as an unsigned or a double.
class Builder {
 public:
  Value& root() { return root_; }
  const std::string& problem() const { return problem_; }

  bool null() { return Put(Value()); }
  bool boolean(bool b) { return Put(Value(b)); }
  bool number_integer(int64_t n) { return Put(Value(n)); }
  bool number_unsigned(uint64_t n) {
    if (n > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return TooLarge(std::to_string(n));
    }
    return Put(Value(static_cast<int64_t>(n)));
  }
  bool number_float(double d, const std::string& text) {
    if (text.find_first_of(".eE") == std::string::npos) return TooLarge(text);
    return Put(Value(d));
  }
  bool string(std::string& s) { return Put(Value(std::move(s))); }
  bool binary(Json::binary_t&) { return false; }  // JSON text has none
  bool start_object(size_t) { return Open(Value::MakeObject()); }
  bool start_array(size_t) { return Open(Value::MakeArray()); }
  bool key(std::string& name) {
    open_.back().key = std::move(name);
    return true;
  }
  bool end_object() { return Shut(); }
  bool end_array() { return Shut(); }
  bool parse_error(size_t, const std::string&, const Json::exception& e) {
    problem_ = std::string("not JSON: ") + e.what();
    return false;
  }

 private:
  struct Container {
    Value value;
    std::string key;  // of the member that comes next
  };

  bool Open(Value value) {
    open_.push_back({std::move(value), ""});
    return true;
  }
  bool Shut() {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    return Put(std::move(value));
  }
  bool Put(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Container& into = open_.back(); into.value.is_array()) {
      into.value.Append(std::move(value));
    } else {
      into.value.Set(into.key, std::move(value));
    }
    return true;
  }
  bool TooLarge(const std::string& text) {
    problem_ = "an integer that 64 bits do not hold: " + text;
    return false;
  }

  Value root_;
  std::vector<Container> open_;
  std::string problem_;
};

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string ToBase64(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t word = 0;
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    for (size_t k = 0; k < 3; ++k) {
      word = word << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      out += k <= n ? kBase64[(word >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return out;
}

bool IsPlainUtf8(std::string_view s) {
  if (s.find('\0') != std::string_view::npos) return false;
  try {
    (void)Json(std::string(s)).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

}  // namespace

Value Value::MakeObject(std::initializer_list<Member> members) {
  Value out;
  out.data_ = Object(members);
  return out;
}

bool Value::Bool(bool fallback) const {
  const bool* b = std::get_if<bool>(&data_);
  return b ? *b : fallback;
}

int64_t Value::Int(int64_t fallback) const {
  const int64_t* n = std::get_if<int64_t>(&data_);
  return n ? *n : fallback;
}

double Value::Number(double fallback) const {
  if (const double* d = std::get_if<double>(&data_)) return *d;
  const int64_t* n = std::get_if<int64_t>(&data_);
  return n ? static_cast<double>(*n) : fallback;
}

const std::string& Value::Text() const {
  static const std::string kNone;
  const std::string* s = std::get_if<std::string>(&data_);
  return s ? *s : kNone;
}

const Value::Array& Value::items() const {
  static const Array kNone;
  const Array* a = std::get_if<Array>(&data_);
  return a ? *a : kNone;
}

const Value::Object& Value::members() const {
  static const Object kNone;
  const Object* o = std::get_if<Object>(&data_);
  return o ? *o : kNone;
}

const Value& Value::operator[](std::string_view name) const {
  static const Value kNull;
  for (const Member& m : members()) {
    if (m.name == name) return m.value;
  }
  return kNull;
}

bool Value::Has(std::string_view name) const {
  return std::ranges::any_of(members(), [&](const Member& m) { return m.name == name; });
}

Value& Value::Set(std::string_view name, Value value) {
  if (!is_object()) data_ = Object{};
  auto& object = std::get<Object>(data_);
  for (Member& m : object) {
    if (m.name == name) {
      m.value = std::move(value);
      return *this;
    }
  }
  object.push_back(Member{std::string(name), std::move(value)});
  return *this;
}

Value& Value::Append(Value value) {
  if (!is_array()) data_ = Array{};
  std::get<Array>(data_).push_back(std::move(value));
  return *this;
}

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

std::string Value::Print() const {
  return ToJson(*this).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Value> Value::Parse(std::string_view json) {
  Builder builder;
  if (!Json::sax_parse(json, &builder)) return Error{builder.problem()};
  return std::move(builder.root());
}

Value EncodeBytes(std::string_view bytes) {
  if (IsPlainUtf8(bytes)) return Value(bytes);
  return Value::MakeObject({{"b64", Value(ToBase64(bytes))}});
}

Result<std::string> DecodeBytes(const Value& value) {
  if (value.is_text()) return value.Text();
  const Value& encoded = value["b64"];
  if (!encoded.is_text()) return Error{"neither text nor {\"b64\": ...}: " + value.Print()};
  std::string out;
  uint32_t word = 0;
  int bits = 0;
  for (char c : encoded.Text()) {
    if (c == '=') break;
    const size_t digit = kBase64.find(c);
    if (digit == std::string_view::npos) return Error{"not base64: " + encoded.Text()};
    word = word << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(word >> bits & 0xff);
    }
  }
  return out;
}

}  // namespace harness
