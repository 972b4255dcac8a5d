// One argument of an SQL function, made from bytes.
#ifndef FUZZ_SQL_VALUE_H_
#define FUZZ_SQL_VALUE_H_

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace honker::fuzz {

// The bytes of an input, read front to back. Past the end everything is zero.
class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint8_t Byte() { return at_ < size_ ? data_[at_++] : 0; }
  // A choice of one in `count`: '0' is the first, so that seeds can be read by people.
  unsigned Choice(unsigned count) { return static_cast<uint8_t>(Byte() - '0') % count; }
  // Up to `size` bytes; fewer at the end.
  std::string Take(size_t size);
  // Up to the end of the line, without it.
  std::string Line();

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

// TEXT is a std::string and may hold NUL and broken UTF-8.
using SqlValue = std::variant<std::monostate, int64_t, double, std::string, Blob>;

// A tag, then what the tag asks for (integers little-endian, a length is one byte):
//   n NULL                      s a name of the world's rows (1 byte chooses)
//   i a small integer (1 byte)  t text (length, bytes)    T text up to the end of the input
//   I any integer (8 bytes)     b blob (length, bytes)
//   E an edge integer (1 byte)  r an edge real (1 byte)   R any real (8 bytes)
//   c now plus 1 signed byte
// Every other tag means one of these.
SqlValue DecodeValue(Bytes& bytes);

// Copies; returns SQLite's code.
int BindValue(sqlite3_stmt* statement, int index, const SqlValue& value);

// A column of a row that a statement is on; a copy.
SqlValue ReadColumn(sqlite3_stmt* row, int column);

// As it would stand in SQL; for people.
std::string Describe(const SqlValue& value);

// Whether SPEC's strict typing takes the value. `type` is t (TEXT), i (INTEGER or a whole REAL
// inside 64 bits), T or I (the same or NULL).
bool Accepts(char type, const SqlValue& value);

}  // namespace honker::fuzz

#endif  // FUZZ_SQL_VALUE_H_
