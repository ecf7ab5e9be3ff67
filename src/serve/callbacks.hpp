#pragma once

#include "hub/application.hpp"

#include <cresset/handlers.hpp>
#include <utility>

namespace cresset::serve {

// The application of a program that embeds a server: its handlers.
class callbacks final : public hub::application
{
public:
    explicit callbacks(handlers from) : handlers_(std::move(from)) {}

private:
    void authenticate(const authenticate_request& request, reply<identity> answer) override
    {
        handlers_.authenticate(request, std::move(answer));
    }

    void validate_rooms(const join_request& request, reply<allowed_rooms> answer) override
    {
        if (handlers_.validate_room)
            handlers_.validate_room(request, std::move(answer));
    }

    void client_connected(const client& who) override
    {
        if (handlers_.client_connected)
            handlers_.client_connected(who);
    }

    void client_disconnected(const client& who) override
    {
        if (handlers_.client_disconnected)
            handlers_.client_disconnected(who);
    }

    void message(const cresset::message& received) override
    {
        if (handlers_.message)
            handlers_.message(received);
    }

    bool has_handshake() const noexcept override { return static_cast<bool>(handlers_.handshake); }
    void handshake(const handshake_request& request, reply<handshake_result> answer) override
    {
        handlers_.handshake(request, std::move(answer));
    }

    bool has_transform() const noexcept override
    {
        return static_cast<bool>(handlers_.outbound_transform);
    }
    void transform(const outbound_message& outbound, reply<replacement> answer) override
    {
        handlers_.outbound_transform(outbound, std::move(answer));
    }

    const handlers handlers_;
};

} // namespace cresset::serve
