#pragma once

#include "crypto/digest.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <cresset/http.hpp>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace cresset::standalone {

// Answers of requests that may be sent again: whoever gives a request a name has it done once, on
// this node. Any thread.
class idempotency
{
public:
    static constexpr std::chrono::minutes kept_for{10};
    static constexpr std::size_t kept_max = 10'000;
    static constexpr std::size_t bytes_max = 64 * 1024 * 1024; // of answers
    static constexpr std::size_t name_bytes_max = 255;         // which its caller looks at

    // The answer of the first request of that name with this body, else that of `run`. With another
    // body it is an error; and so it is while the first one is under way. If `run` throws, nothing
    // has happened.
    http::response once(std::string_view name, std::string_view body,
                        const std::function<http::response()>& run);

private:
    using clock = std::chrono::steady_clock;

    struct entry
    {
        crypto::sha256_digest body;
        http::response answer;
        bool is_done = false;
        clock::time_point begun;
    };

    void forget_old(clock::time_point now);

    std::mutex mutex_; // of these:
    boost::unordered_flat_map<std::string, entry> entries_;
    std::deque<std::pair<clock::time_point, std::string>> by_age_;
    std::size_t bytes_ = 0;
};

} // namespace cresset::standalone
