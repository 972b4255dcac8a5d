#include "harness/cli/subject_argument.h"

namespace harness {

SubjectArgument ParseSubject(const std::string& text) {
  const size_t equals = text.find('=');
  const size_t slash = text.find('/');
  if (equals == std::string::npos || equals == 0 || slash < equals) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string Print(const SubjectArgument& subject) {
  return subject.name.empty() ? subject.path : subject.name + "=" + subject.path;
}

}  // namespace harness
