#include "harness/matrix/cell.h"

namespace harness {

const std::string& Cell::Get(std::string_view axis) const {
  static const std::string kNone;
  for (const auto& [name, value] : axes) {
    if (name == axis) return value;
  }
  return kNone;
}

std::string Cell::Place() const {
  std::string place(card->name);
  for (const auto& [name, value] : axes) place += " " + name + "=" + value;
  return place;
}

std::string Cell::Name() const {
  return Place() + (subject.empty() ? "" : " subject=" + subject) + " sqlite=" + sqlite_version +
         " seed=" + std::to_string(seed);
}

std::string Cell::Folder() const {
  std::string folder =
      Place() + (subject.empty() ? "" : " subject=" + subject) + " seed=" + std::to_string(seed);
  for (char& c : folder) {
    if (c == '/') c = '.';
    if (c == ' ') c = ',';
  }
  return folder;
}

uint64_t Cell::RandomSeed() const {
  // FNV-1a: a decision depends only on seed and place, never on the order in which cells run.
  uint64_t hash = 14695981039346656037ULL ^ seed;
  for (char c : Place()) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace harness
