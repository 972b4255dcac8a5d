// Steps with actors that speak for the binding of another language (Stage::StartProgram).
#ifndef SCENARIOS_BINDING_H_
#define SCENARIOS_BINDING_H_

#include <string>

#include "scenarios/steps.h"

namespace scenarios {

// A binding may be built without a backend, and says so: the cell is then absent.
void RequireBackend(Stage& stage, const std::string& program, const Value& answer);

// `open` on Db(), with the cell's backend for what listens through that connection.
void OpenBinding(Stage& stage, const std::string& program, Actor& actor);

// `listen` on the channel through that connection; the listener's number.
int64_t Listen(Actor& actor, const std::string& channel);

// `notify` by an actor with an open queue; payloads are JSON, as bindings write and read them.
Value NotifyCommand(const std::string& channel, const std::string& payload, bool rollback = false);
void Notify(Actor& actor, const std::string& channel, const std::string& payload,
            bool rollback = false);

// Waits until the listener was given that payload, or proved silent: the sentinel of what came
// before.
void AwaitNotified(Actor& actor, int64_t listener, const std::string& payload);

// An actor with an open queue on Db(), which it makes where it is not there.
Actor& StartNotifier(Stage& stage, const std::string& program, const std::string& process);

}  // namespace scenarios

#endif  // SCENARIOS_BINDING_H_
