#include "harness/report/junit.h"

#include <fmt/format.h>

namespace harness {
namespace {

std::string Escape(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // XML 1.0 has no way to write other control characters.
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

}  // namespace

std::string AtlasJunit(const Value& atlas) {
  std::string cases;
  int failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
  for (const Value& cell : atlas["cells"].items()) {
    const std::string& verdict = cell["verdict"].Text();
    const std::string message = Escape(verdict + ": " + cell["reason"].Text());
    seconds += cell["seconds"].Number();
    cases += fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">",
                         Escape(cell["scenario"].Text()), Escape(cell["cell"].Text()),
                         cell["seconds"].Number());
    const std::string body = Escape(cell["rerun"].Text());
    if (verdict == "error") {
      ++errors;
      cases += fmt::format("<error message=\"{}\">{}</error>", message, body);
    } else if (!cell["as_expected"].Bool()) {
      ++failures;
      cases += fmt::format("<failure message=\"{}\">{}</failure>", message, body);
    } else if (verdict == "absent" || verdict == "skipped" || verdict == "refused") {
      ++skipped;
      cases += fmt::format("<skipped message=\"{}\"/>", message);
    }
    cases += "</testcase>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"honker-harness\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "skipped=\"{}\" time=\"{:.3f}\">\n"
      "{}</testsuite>\n",
      atlas["cells"].items().size(), failures, errors, skipped, seconds, cases);
}

}  // namespace harness
