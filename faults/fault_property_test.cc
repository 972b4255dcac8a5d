// Parse and print are inverse on everything that is a fault, and Parse is total on everything else.

#include <gtest/gtest.h>
// gtest first: rapidcheck's header builds on it.
#include <rapidcheck/gtest.h>

#include <string>

#include "faults/fault.h"

namespace faults {
namespace {

rc::Gen<std::string> AnyValueOf(const FaultKey& key) {
  std::vector<std::string> choices(key.choices.begin(), key.choices.end());
  switch (key.type) {
    case ValueType::kText:
      return rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    case ValueType::kPositive:
      return rc::gen::map(rc::gen::positive<int64_t>(),
                          [](int64_t n) { return std::to_string(n); });
    case ValueType::kNonNegative:
      return rc::gen::map(rc::gen::nonNegative<int64_t>(),
                          [](int64_t n) { return std::to_string(n); });
    case ValueType::kInteger:
      return rc::gen::map(rc::gen::arbitrary<int64_t>(),
                          [](int64_t n) { return std::to_string(n); });
    case ValueType::kProbability:
      return rc::gen::map(rc::gen::inRange(0, 1001),
                          [](int n) { return std::to_string(n / 1000.0); });
    case ValueType::kErrno:
      return rc::gen::element<std::string>("EIO", "ENOSPC", "EMFILE", "EINTR");
    case ValueType::kHex:
      return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::string>(
                              rc::gen::elementOf(std::string("0123456789abcdefABCDEF")))),
                          [](const std::string& digits) { return digits + digits; });
    case ValueType::kChoice:
      return rc::gen::elementOf(choices);
    case ValueType::kChoiceList:
      return rc::gen::map(rc::gen::unique<std::vector<std::string>>(rc::gen::elementOf(choices)),
                          [](const std::vector<std::string>& some) {
                            std::string list;
                            for (const auto& one : some) list += (list.empty() ? "" : ",") + one;
                            return list.empty() ? std::string("none") : list;
                          });
  }
  return rc::gen::just(std::string());
}

Fault AnyFault() {
  Fault fault;
  const auto kind = *rc::gen::elementOf(AllFaultKinds());
  fault.kind = kind.name;
  fault.target = *rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019_.:*-"))));
  for (const auto key : kind.keys) {
    if (!*rc::gen::arbitrary<bool>()) continue;
    fault.params.emplace_back(key, *rc::gen::resize(12, AnyValueOf(KeyOf(kind, key))));
  }
  // Any order is a fault, not only that of kinds.def.
  for (size_t i = fault.params.size(); i > 1; --i) {
    std::swap(fault.params[i - 1], fault.params[*rc::gen::inRange<size_t>(0, i)]);
  }
  fault.lasting = kind.must_say_lasting
                      ? *rc::gen::element(Lasting::kOnce, Lasting::kAlways)
                      : *rc::gen::element(Lasting::kUnsaid, Lasting::kOnce, Lasting::kAlways);
  return fault;
}

RC_GTEST_PROP(FaultTextProperty, PrintThenParseIsTheSameFault, ()) {
  const Fault fault = AnyFault();
  const auto parsed = ParseFault(fault.Text());
  if (!parsed.ok()) RC_FAIL(fault.Text() + ": " + parsed.Message());
  RC_ASSERT(parsed.value() == fault);
  RC_ASSERT(parsed.value().Text() == fault.Text());
}

RC_GTEST_PROP(FaultTextProperty, ListsRoundTrip, ()) {
  std::vector<Fault> faults;
  std::string text;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    faults.push_back(AnyFault());
    text += faults.back().Text() + *rc::gen::element<std::string>(";", "\n", " ; \n");
  }
  const auto parsed = ParseFaults(text);
  if (!parsed.ok()) RC_FAIL(text + ": " + parsed.Message());
  RC_ASSERT(parsed.value() == faults);
}

// A damaged text is refused with a column inside it, or it is another fault that round-trips.
RC_GTEST_PROP(FaultTextProperty, DamagedTextIsRefusedOrAFault, ()) {
  std::string text = AnyFault().Text();
  const auto at = *rc::gen::inRange<size_t>(0, text.size());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      text.resize(at);
      break;
    case 1:
      text[at] = *rc::gen::arbitrary<char>();
      break;
    default:
      text.insert(at, 1, *rc::gen::arbitrary<char>());
  }
  const auto parsed = ParseFault(text);
  if (parsed.ok()) {
    const auto again = ParseFault(parsed.value().Text());
    RC_ASSERT(again.ok());
    RC_ASSERT(again.value() == parsed.value());
  } else {
    const std::string& message = parsed.error().extra;
    RC_ASSERT(message.rfind("column ", 0) == 0u);
    const auto column = std::stoul(message.substr(7));
    RC_ASSERT(column >= 1u);
    RC_ASSERT(column <= text.size() + 1);
  }
}

}  // namespace
}  // namespace faults
