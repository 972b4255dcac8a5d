// What --subject names: a library, or NAME=LIBRARY, where NAME is what reports call it.
#ifndef HARNESS_CLI_SUBJECT_ARGUMENT_H_
#define HARNESS_CLI_SUBJECT_ARGUMENT_H_

#include <string>

namespace harness {

struct SubjectArgument {
  std::string name;  // "" where none was given
  std::string path;
};

// The first '=' parts the two, unless what stands before it is empty or holds a '/' (a path may
// hold an '='). Never fails: whether the path is a library is for who opens it.
SubjectArgument ParseSubject(const std::string& text);

// The inverse, as a command line takes it.
std::string Print(const SubjectArgument& subject);

}  // namespace harness

#endif  // HARNESS_CLI_SUBJECT_ARGUMENT_H_
