#include "protocol/authenticate_request.hpp"
#include "standalone/authentication.hpp"

#include <utility>

namespace cresset::standalone {

void open_authentication::authenticate(const authenticate_request& request, reply<identity> answer)
{
    identity who;
    who.user_id = protocol::read_authenticate_request(request.data()).user_id;
    answer.accept(std::move(who));
}

} // namespace cresset::standalone
