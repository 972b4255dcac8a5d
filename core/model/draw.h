// Draws steps (RapidCheck). Few names, ids and times, so that calls meet: leases end in the second
// in which somebody acks.
#ifndef CORE_MODEL_DRAW_H_
#define CORE_MODEL_DRAW_H_

#include <rapidcheck.h>

#include "core/model/model.h"

namespace honker::model {

enum class Family { kQueue, kKeepers, kLogs, kSchedules, kEverything };

// A step that `model` allows. Call inside a generator or property: it draws with Gen::operator*.
Step DrawStep(const Model& model, Family family);

}  // namespace honker::model

#endif  // CORE_MODEL_DRAW_H_
