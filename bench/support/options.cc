#include "bench/support/options.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <set>

#include "bench/support/program.h"

namespace bench {

namespace {

void AddSubjects(CLI::App& app, const Option& option) {
  app.add_option_function<std::vector<std::string>>(
         option.name,
         [&option](const std::vector<std::string>& given) {
           std::set<std::string> names;
           option.subjects->clear();
           for (const std::string& text : given) {
             option.subjects->push_back(ParseNamedSubject(text));
             const std::string& name = option.subjects->back().name;
             if (!names.insert(name).second) {
               throw CLI::ValidationError(option.name, "two subjects are called '" + name + "'");
             }
           }
         },
         option.help)
      ->type_name("[NAME=]FILE")
      ->expected(1)
      ->take_all()
      ->default_str(option.subjects->front().name);
}

}  // namespace

void ParseOptions(int argc, char** argv, const std::string& about, const std::string& examples,
                  const std::vector<Option>& options) {
  CLI::App app(about);
  app.footer("Examples:\n" + examples + "\n\nExit codes: 0 done, 1 something failed, 64 usage.");
  for (const Option& option : options) {
    if (option.subjects != nullptr) {
      AddSubjects(app, option);
    } else if (option.text != nullptr) {
      app.add_option(option.name, *option.text, option.help)->capture_default_str();
    } else if (option.number != nullptr) {
      app.add_option(option.name, *option.number, option.help)
          ->capture_default_str()
          ->check(CLI::PositiveNumber);
    } else if (option.real != nullptr) {
      app.add_option(option.name, *option.real, option.help)
          ->capture_default_str()
          ->check(CLI::PositiveNumber);
    } else if (option.numbers != nullptr) {
      app.add_option(option.name, *option.numbers, option.help)
          ->delimiter(',')
          ->capture_default_str()
          ->check(CLI::PositiveNumber);
    } else {
      app.add_option(option.name, *option.words, option.help)
          ->delimiter(',')
          ->capture_default_str()
          ->check(CLI::IsMember(std::vector<std::string>(*option.words)));
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const int code = app.exit(problem);
    std::exit(code == 0 ? 0 : kExUsage);
  }
}

void WriteOut(const std::string& file, const std::string& text) {
  std::FILE* out = file == "-" ? stdout : std::fopen(file.c_str(), "w");
  if (out == nullptr) Fail("cannot write \"" + file + "\": " + std::strerror(errno));
  const bool written = std::fputs(text.c_str(), out) >= 0 && std::fflush(out) == 0;
  if (out != stdout) std::fclose(out);
  if (!written) Fail("cannot write \"" + file + "\": " + std::strerror(errno));
}

}  // namespace bench
