// One random sequence against the subject and the model at once.
#ifndef CORE_MODEL_AGREES_H_
#define CORE_MODEL_AGREES_H_

#include <set>
#include <string>

#include "core/model/draw.h"
#include "core/model/subject.h"

namespace honker::model {

// What sequences have met, as "honker_ack something": each function with whether it was refused,
// gave nothing (0, '', [], NULL) or something; and a few situations by name. That a sequence agrees
// says little where it meets nothing.
using Met = std::set<std::string>;

// Draws a sequence and plays it: after each step the answer and every row of every table must be as
// the model has them. To be called in a property of RapidCheck, which it fails by RC_FAIL.
void Agrees(Family family, Met& met, const Damage* damage = nullptr);

}  // namespace honker::model

#endif  // CORE_MODEL_AGREES_H_
