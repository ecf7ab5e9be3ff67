#pragma once

#include <concepts>
#include <cresset/client.hpp>
#include <cresset/reply.hpp>
#include <cresset/requests.hpp>
#include <functional>
#include <optional>
#include <utility>

namespace cresset {

// A function that owes an answer, in either of two forms:
//
//     [](const Request& request) -> std::optional<Answer> { ... }       at once; nothing: rejected
//     [](const Request& request, reply<Answer> answer) { ... }          at once or later
//
// The request is valid during the call; what is needed later has to be copied.
template <typename Request, typename Answer>
class answering
{
public:
    using answer_type = Answer;

    answering() = default;

    template <typename Function>
    requires std::invocable<Function&, const Request&, reply<Answer>> answering(Function function)
        : call_(std::move(function))
    {}

    template <typename Function>
    requires(!std::invocable<Function&, const Request&, reply<Answer>> &&
             std::is_invocable_r_v<std::optional<Answer>, Function&, const Request&>)
        answering(Function function)
        : call_([function = std::move(function)](const Request& request,
                                                 reply<Answer> answer) mutable {
              if (std::optional<Answer> given = function(request))
                  answer.accept(std::move(*given));
              else
                  answer.reject();
          })
    {}

    explicit operator bool() const noexcept { return static_cast<bool>(call_); }

    void operator()(const Request& request, reply<Answer> answer) const
    {
        call_(request, std::move(answer));
    }

private:
    std::function<void(const Request&, reply<Answer>)> call_;
};

// What your program decides. All but `authenticate` may be left out.
//
// They are called on the thread that the client belongs to, so several at a time with several
// threads, but never two for one client; they must not block, since others wait on that thread.
// An exception that leaves one is caught and logged; where it owed an answer, that has failed.
struct handlers
{
    // {event: "authenticate"}: who is it? Rejected or failed, the client is closed with 4003. A
    // data_error that leaves it rejects.
    answering<authenticate_request, identity> authenticate = {};

    // {event: "join"}: which of these rooms may it join? Without it, rejected or failed: none.
    answering<join_request, allowed_rooms> validate_room = {};

    // After `connected` was sent.
    std::function<void(const client&)> client_connected = {};

    // After the client has left its rooms; also for those that never authenticated.
    std::function<void(const client&)> client_disconnected = {};

    // Every event but `authenticate`, `join`, `leave` and `heartbeat`, once the client has
    // authenticated. As in the reference, that includes the protocol's other names: `connected`,
    // `disconnect`, `error` and `encrypted`.
    std::function<void(const cresset::message&)> message = {};

    // With require_encryption: the key exchange, in place of the server's own. Rejected, the client
    // is closed with 4004; failed, with 4003.
    answering<handshake_request, handshake_result> handshake = {};

    // Every message to an encrypted client: what goes out in its place. Rejected: the message as
    // it is. Failed, or not answered within outbound_transform_timeout: nothing. However late the
    // answers, the order is kept. Not for clients that the server encrypts for by itself.
    answering<outbound_message, replacement> outbound_transform = {};
};

} // namespace cresset
