// The atlas as JUnit XML: one test case a cell, for CI systems that read nothing else.
#ifndef HARNESS_REPORT_JUNIT_H_
#define HARNESS_REPORT_JUNIT_H_

#include <string>

#include "harness/base/value.h"

namespace harness {

// As expected: passed (or skipped for absent, skipped and refused); changed or broken: failure;
// harness failure: error.
std::string AtlasJunit(const Value& atlas);

}  // namespace harness

#endif  // HARNESS_REPORT_JUNIT_H_
