// What --subject and --expect take: a path, or NAME=PATH, where NAME is what reports call a
// subject.
#ifndef HARNESS_CLI_NAMED_PATH_H_
#define HARNESS_CLI_NAMED_PATH_H_

#include <string>

namespace harness {

struct NamedPath {
  std::string name;  // "" where none was given
  std::string path;
};

// The first '=' parts the two, unless what stands before it is empty or holds a '/' (a path may
// hold an '='). Never fails: whether the path can be used is for who opens it.
NamedPath ParseNamedPath(const std::string& text);

// The inverse, as a command line takes it.
std::string Print(const NamedPath& named);

}  // namespace harness

#endif  // HARNESS_CLI_NAMED_PATH_H_
