#include "harness/cli/named_path.h"

namespace harness {

NamedPath ParseNamedPath(const std::string& text) {
  const size_t equals = text.find('=');
  const size_t slash = text.find('/');
  if (equals == std::string::npos || equals == 0 || slash < equals) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string Print(const NamedPath& named) {
  return named.name.empty() ? named.path : named.name + "=" + named.path;
}

}  // namespace harness
