#pragma once

#include "load/message.hpp"
#include "load/outlet.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace cresset::load {

// The members of one flow's room on one worker, and which messages all of them have. On its
// worker's thread.
class audience
{
public:
    std::uint64_t size = 0;

    // In closed loop so many messages may be on their way; 0: open loop, where nobody asks.
    void begin(std::uint32_t window);

    // One more member has it. True if it was the last one.
    bool on_received(std::uint32_t sequence);

private:
    std::vector<std::uint32_t> received_; // by sequence modulo the window
};

// A sequence of messages of one sender to one room. Belongs to the worker of its sender, and to
// that one's thread.
class flow
{
public:
    flow(std::uint32_t number, const message_codec& codec, std::unique_ptr<outlet> to,
         std::uint64_t members, std::uint32_t audiences);

    std::uint32_t number() const noexcept { return number_; }
    std::uint64_t members() const noexcept { return members_; }

    void begin(phase purpose, std::uint32_t window, std::uint64_t limit);

    void send(std::uint64_t intended_ns);
    void probe(std::uint32_t round);

    // Closed loop: whether there is room for another message.
    bool may_send() const noexcept;

    // Sends no more.
    void stop() noexcept { limit_ = sent_; }
    bool done() const noexcept { return sent_ >= limit_; }

    // One of the audiences has all of it.
    void on_audience_done(std::uint32_t sequence);

    std::uint32_t sent() const noexcept { return sent_; }

private:
    const message_codec& codec_;
    std::unique_ptr<outlet> to_;
    std::uint64_t members_;
    std::uint64_t limit_ = 0;
    std::uint32_t number_;
    std::uint32_t audiences_;
    std::uint32_t window_ = 0;
    std::uint32_t under_way_ = 0;
    std::uint32_t sent_ = 0;
    phase purpose_ = phase::probe;
    std::vector<std::uint32_t> waits_for_; // audiences, by sequence modulo the window
};

} // namespace cresset::load
