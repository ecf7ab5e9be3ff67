#pragma once

#include "http/request.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace cresset::http {

struct request_limits
{
    // Request line and headers with their line ends; what browsers send stays under 4 KiB unless
    // cookies are many. Chunk extensions and trailers together may take as much again.
    std::size_t head_bytes_max = 8 * 1024;
    std::size_t headers_max = 100;
    // Holds every message that the HTTP API takes.
    std::size_t body_bytes_max = 64 * 1024;
};

// Reads requests out of the bytes of one connection, one after the other. Owned by the connection,
// on its thread. Holds no more than its limits, whatever it is fed, and never throws on bad input.
//
// What comes out depends on the bytes alone, not on how they were cut into pieces. Whatever
// another server could read as a different message is refused: see request_rules.hpp.
class request_parser
{
public:
    enum class status
    {
        need_more,
        complete,
        failed
    };

    explicit request_parser(const request_limits& limits);
    request_parser(request_parser&&) noexcept;
    request_parser& operator=(request_parser&&) noexcept;
    ~request_parser();

    // Takes bytes off the front of input.
    //   need_more  all of input is taken
    //   complete   take() has a whole request; what is left in input belongs to what follows
    //   failed     error() says what to answer; nothing more can be parsed
    // Called again in one of the last two, it says the same and takes nothing.
    status feed(std::string_view& input);

    // Only after complete, once; the parser is then ready for the next request.
    request take();

    // After failed: 400, 413, 417, 431, 501 or 505, and one plain line that says what is wrong.
    unsigned error() const noexcept;
    std::string_view error_text() const noexcept;

    // True if bytes of an unfinished request are held; empty lines before it do not count.
    bool started() const noexcept;

private:
    class machine;

    std::unique_ptr<machine> machine_;
};

} // namespace cresset::http
