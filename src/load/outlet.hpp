#pragma once

#include "load/message.hpp"

#include <string>
#include <string_view>

namespace cresset::load {

class client;

// Where a flow puts its messages, so that they come to a room. On its loop's thread.
class outlet
{
public:
    virtual ~outlet() = default;
    virtual void publish(const message_codec& codec, const stamp& s) = 0;
};

// By a client that is in the room: the event `publish`, as `cresset serve --publish` takes it.
class client_outlet final : public outlet
{
public:
    client_outlet(client& from, std::string_view room);
    void publish(const message_codec& codec, const stamp& s) override;

private:
    client& from_;
    std::string text_; // what is before the data, and room for the data behind it
    std::size_t opening_size_;
};

} // namespace cresset::load
