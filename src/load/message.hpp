#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cresset::load {

// The event by which clients get what is measured.
inline constexpr std::string_view message_event = "bench";

// What a message is there for.
enum class phase : char
{
    probe = 'p',   // shows that a client is in its room, and that all before it has come or is lost
    warm_up = 'w', // counted, but not in the figures
    measured = 'm'
};

// What a message tells of itself.
struct stamp
{
    phase purpose = phase::probe;
    std::uint32_t flow = 0;        // who sent it to which room; at most 24 bits
    std::uint32_t sequence = 0;    // from 0 in each flow and phase
    std::uint64_t intended_ns = 0; // when it should have been sent, by the steady clock
};

// Writes and reads the data of messages:
//
//   {"stamp":"RRRRRRRRmFFFFFFSSSSSSSSTTTTTTTTTTTTTTTT","pad":"ABCDEF..."}
//             |       ||     |       |                        |
//             run     ||     |       intended time            as long as it takes; where it begins
//             in
//                     |flow  sequence                         the alphabet depends on the sequence
//                     phase
//
// Numbers are hexadecimal and of fixed width, in a string, which no server on the way writes in
// another form: so reading is a look at the right place, and allocates nothing. Never changes,
// and is shared by all threads.
class message_codec
{
public:
    static constexpr std::size_t size_min = 60;
    static constexpr std::size_t size_max = 1024 * 1024;
    static constexpr std::uint32_t flow_max = 0xffffff;

    // `run` tells the messages of one run from those of another on the same server; `size` is that
    // of the data, from size_min on.
    message_codec(std::uint32_t run, std::size_t size);

    std::size_t size() const noexcept { return size_; }

    // Appends size() bytes.
    void append(std::string& out, const stamp& s) const;

    enum class verdict
    {
        ours,
        foreign, // something else, or of another run
        altered  // ours, but not as it was sent; the stamp may be of no use
    };

    // `place` is where the last envelope had its stamp: the next one will have it there too.
    verdict read(std::string_view envelope, std::size_t& place, stamp& into) const;

private:
    std::uint32_t run_;
    std::size_t size_;
    std::string pads_;
};

} // namespace cresset::load
