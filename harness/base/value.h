// A JSON value: what the line protocol, histories, ledgers and reports are made of.
//
// Objects keep the order in which members were set, so that a line reads the way it was written.
// Integers are 64-bit, never doubles; Parse refuses larger ones. The parser and printer are
// nlohmann/json, behind value.cc: no other file includes it.
#ifndef HARNESS_BASE_VALUE_H_
#define HARNESS_BASE_VALUE_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/result.h"

namespace harness {

class Value {
 public:
  struct Member;
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(bool b);  // NOLINT(google-explicit-constructor)
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T n);  // NOLINT(google-explicit-constructor)
  Value(double d);                              // NOLINT(google-explicit-constructor)
  Value(const char* s);                         // NOLINT(google-explicit-constructor)
  Value(std::string s);                         // NOLINT(google-explicit-constructor)
  Value(std::string_view s);                    // NOLINT(google-explicit-constructor)
  Value(Array a);                               // NOLINT(google-explicit-constructor)
  static Value MakeArray() { return Value(Array{}); }
  static Value MakeObject(std::initializer_list<Member> members = {});

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<int64_t>(data_); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(data_); }
  bool is_text() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<Array>(data_); }
  bool is_object() const { return std::holds_alternative<Object>(data_); }

  // The value as that type, or the fallback where it is of another type (or absent).
  bool Bool(bool fallback = false) const;
  int64_t Int(int64_t fallback = 0) const;
  double Number(double fallback = 0) const;
  const std::string& Text() const;  // "" where it is no text

  // Empty where it is no array or no object.
  const Array& items() const;
  const Object& members() const;

  // The member of that name; a null value where there is none or this is no object.
  const Value& operator[](std::string_view name) const;
  bool Has(std::string_view name) const;

  // Makes this an object where it is null; replaces a member of the same name.
  Value& Set(std::string_view name, Value value);
  // Makes this an array where it is null.
  Value& Append(Value value);

  bool operator==(const Value& other) const;

  // One line of JSON. Text that is not UTF-8 is printed with replacement characters; a caller who
  // needs it intact wraps it with EncodeBytes first.
  std::string Print() const;
  static Result<Value> Parse(std::string_view json);

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> data_;
};

struct Value::Member {
  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

// Below the class: clang asks for a complete Member where a constructor or destructor is defined.
inline Value::Value() = default;
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(bool b) : data_(b) {}
template <std::integral T>
requires(!std::same_as<T, bool>) Value::Value(T n) : data_(static_cast<int64_t>(n)) {}
inline Value::Value(double d) : data_(d) {}
inline Value::Value(const char* s) : data_(std::string(s)) {}
inline Value::Value(std::string s) : data_(std::move(s)) {}
inline Value::Value(std::string_view s) : data_(std::string(s)) {}
inline Value::Value(Array a) : data_(std::move(a)) {}

// Text that is valid UTF-8 without NUL as it is, anything else as {"b64": "..."}
// (docs/protocol.md).
Value EncodeBytes(std::string_view bytes);
// The inverse; an error names what is not base64.
Result<std::string> DecodeBytes(const Value& value);

}  // namespace harness

#endif  // HARNESS_BASE_VALUE_H_
