// Errors as values. The same type inside as outside: the contract is in include/honker/result.h.
#ifndef CORE_BASE_RESULT_H_
#define CORE_BASE_RESULT_H_

#include "core/include/honker/result.h"

#endif  // CORE_BASE_RESULT_H_
