// labnet sip: a softphone.
#pragma once

#include "common/program/program.hpp"

namespace labnet::sip_client {

extern const program::Program sip_register_program;
extern const program::Program sip_unregister_program;
extern const program::Program sip_call_program;
extern const program::Program sip_answer_program;
extern const program::Program sip_message_program;

}  // namespace labnet::sip_client
