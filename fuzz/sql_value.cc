#include "fuzz/sql_value.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include "core/base/utf8.h"
#include "core/testing/fixed_clock.h"

namespace honker::fuzz {

using testing::kNow;

namespace {

constexpr const char* kNames[] = {"a",  "b",       "bad",       "w1",        "w2",
                                  "",   "name",    "expired",   "exhausted", "big",
                                  "[]", "[1,2,3]", "@every 1s", "* * * * *", "0 0 30 2 *"};

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kEdges[] = {
    kMax,       kMin,        kMax - 1,        kMin + 1,    0,
    1,          -1,          2147483647,      2147483648,  -2147483648,
    4294967296, kMax - kNow, kMax - kNow + 1, kMin + kNow, 9007199254740993};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kReals[] = {0.0,
                             -0.0,
                             1.0,
                             3.0,
                             1.5,
                             -2.0,
                             9223372036854775807.0,
                             -9223372036854775808.0,
                             9223372036854774784.0,
                             1e308,
                             5e-324,
                             kInfinity,
                             -kInfinity,
                             std::numeric_limits<double>::quiet_NaN(),
                             1800000000.0};

template <typename T>
T EightBytes(Bytes& bytes) {
  const std::string raw = bytes.Take(sizeof(T));
  T value{};
  std::memcpy(&value, raw.data(), raw.size());
  return value;
}

std::string Hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<uint8_t>(c) >> 4];
    hex += kDigits[static_cast<uint8_t>(c) & 0xF];
  }
  return hex;
}

}  // namespace

std::string Bytes::Take(size_t size) {
  const size_t taken = std::min(size, size_ - at_);
  std::string result(reinterpret_cast<const char*>(data_) + at_, taken);
  at_ += taken;
  return result;
}

std::string Bytes::Line() {
  const uint8_t* end = std::find(data_ + at_, data_ + size_, '\n');
  std::string line = Take(static_cast<size_t>(end - (data_ + at_)));
  (void)Byte();
  return line;
}

SqlValue DecodeValue(Bytes& bytes) {
  static constexpr std::string_view kTags = "nsitTbIErRc";
  const uint8_t byte = bytes.Byte();
  const size_t known = kTags.find(static_cast<char>(byte));
  const char tag = known == std::string_view::npos ? kTags[byte % kTags.size()] : kTags[known];
  switch (tag) {
    case 'n':
      return std::monostate{};
    case 's':
      return std::string(kNames[bytes.Choice(std::size(kNames))]);
    case 'i':
      return int64_t{static_cast<int8_t>(bytes.Byte() - '0')};
    case 't':
      return bytes.Take(bytes.Byte());
    case 'T':
      return bytes.Take(std::numeric_limits<size_t>::max());
    case 'b':
      return Blob{bytes.Take(bytes.Byte())};
    case 'I':
      return EightBytes<int64_t>(bytes);
    case 'E':
      return kEdges[bytes.Choice(std::size(kEdges))];
    case 'r':
      return kReals[bytes.Choice(std::size(kReals))];
    case 'R':
      return EightBytes<double>(bytes);
    default:
      return kNow + static_cast<int8_t>(bytes.Byte() - '0');
  }
}

int BindValue(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return sqlite3_bind_double(statement, index, *real);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(),
                               SQLITE_TRANSIENT);
  }
  return sqlite3_bind_null(statement, index);
}

SqlValue ReadColumn(sqlite3_stmt* row, int column) {
  const auto bytes = [row, column](const void* data) {
    const auto size = static_cast<size_t>(sqlite3_column_bytes(row, column));
    return size == 0 ? std::string() : std::string(static_cast<const char*>(data), size);
  };
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(row, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(row, column);
    case SQLITE_TEXT:
      return bytes(sqlite3_column_text(row, column));
    case SQLITE_BLOB:
      return Blob{bytes(sqlite3_column_blob(row, column))};
    default:
      return std::monostate{};
  }
}

std::string Describe(const SqlValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) {
    char digits[40];
    sqlite3_snprintf(sizeof digits, digits, "%!.17g", *real);
    return digits;
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    const bool plain = std::all_of(text->begin(), text->end(),
                                   [](char c) { return c >= 0x20 && c < 0x7F && c != '\''; });
    return plain ? "'" + *text + "'" : "CAST(x'" + Hex(*text) + "' AS TEXT)";
  }
  if (const auto* blob = std::get_if<Blob>(&value)) return "x'" + Hex(blob->bytes) + "'";
  return "NULL";
}

bool Accepts(char type, const SqlValue& value) {
  const auto* real = std::get_if<double>(&value);
  // SQLite binds NaN as NULL (https://www.sqlite.org/c3ref/bind_blob.html).
  const bool null = std::holds_alternative<std::monostate>(value) || (real && std::isnan(*real));
  if (null) return type == 'T' || type == 'I';
  if (type == 't' || type == 'T') {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && IsUtf8(*text);
  }
  if (std::holds_alternative<int64_t>(value)) return true;
  return real != nullptr && *real >= -0x1p63 && *real < 0x1p63 && std::trunc(*real) == *real;
}

}  // namespace honker::fuzz
