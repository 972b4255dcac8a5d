#include "core/model/agrees.h"

#include <rapidcheck/state.h>

#include <memory>

#include "core/model/model.h"

namespace honker::model {
namespace {

using AnyCommand = rc::state::Command<Model, Subject>;

void Note(const Step& step, const Answer& answer, const Model& before, const Model& after,
          Met& met) {
  if (!step.function.empty()) {
    const auto& value = answer.value;
    const bool nothing = value.is_null() || value == 0 || value == "" || value.empty();
    met.insert(step.function + (!answer.refused.empty() ? " refused"
                                : nothing               ? " nothing"
                                                        : " something"));
    if (step.function == "honker_scheduler_tick" && value.size() >= 64) met.insert("64 fires");
    if (before.in_transaction()) met.insert("a call in a transaction");
  }
  for (const auto& [id, dead] : after.tables().dead) met.insert("dead: " + dead.last_error);
  for (const auto& [id, job] : before.tables().live) {
    const auto now = after.tables().live.find(id);
    if (job.processing && now != after.tables().live.end() && now->second.worker &&
        now->second.worker != job.worker) {
      met.insert("a claim was lost to another worker");
    }
  }
}

class Command : public AnyCommand {
 public:
  Command(const Model& model, Family family, Met& met)
      : step_(DrawStep(model, family)), met_(met) {}

  void checkPreconditions(const Model& model) const override { RC_PRE(model.Allows(step_)); }
  void apply(Model& model) const override { (void)model.Do(step_); }

  void run(const Model& before, Subject& subject) const override {
    Model after = before;
    const Answer expected = Comparable(step_, after.Do(step_), after.now());
    const Answer found = Comparable(step_, subject.Do(step_, after.now()), after.now());
    Note(step_, expected, before, after, met_);
    if (!Agree(expected, found)) {
      RC_LOG() << Show(step_) << "\n  expected " << expected << "\n  found    " << found
               << std::endl;
      RC_FAIL("the answer is another");
    }
    const std::string difference =
        Difference(Visible(after.tables(), after.now()), Visible(subject.Read(), after.now()));
    if (!difference.empty()) {
      RC_LOG() << Show(step_) << "\n" << difference;
      RC_FAIL("the rows are others");
    }
  }

  void show(std::ostream& out) const override { out << Show(step_); }

 private:
  Step step_;
  Met& met_;
};

}  // namespace

void Agrees(Family family, Met& met, const Damage* damage) {
  Subject subject(damage);
  // Kept by what shrinks a failure, after this function has been left.
  rc::state::check(Model(), subject, [family, &met](const Model& model) {
    return rc::gen::exec([model, family, &met]() -> std::shared_ptr<const AnyCommand> {
      return std::make_shared<const Command>(model, family, met);
    });
  });
}

}  // namespace honker::model
