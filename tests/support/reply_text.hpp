#pragma once

#include "redis/reply_reader.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::redis {

// A reply in one line: nil, "text", +OK, -ERR ..., 42, [a, b].
inline std::string text_of(const reply& r)
{
    switch (r.kind()) {
    case reply_kind::nil:
        return "nil";
    case reply_kind::string:
        return '"' + std::string(r.text()) + '"';
    case reply_kind::status:
        return '+' + std::string(r.text());
    case reply_kind::error:
        return '-' + std::string(r.text());
    case reply_kind::integer:
        return std::to_string(r.integer());
    case reply_kind::array:
        break;
    }
    std::string all = "[";
    for (std::size_t i = 0; i < r.size(); ++i)
        all += (i == 0 ? "" : ", ") + text_of(r[i]);
    return all + ']';
}

struct read_outcome
{
    std::vector<std::string> replies;
    bool failed = false;
    std::string error;

    friend bool operator==(const read_outcome& a, const read_outcome& b)
    {
        return a.replies == b.replies && a.failed == b.failed; // hiredis words it by what it has
    }
};

inline void PrintTo(const read_outcome& outcome, std::ostream* out)
{
    for (const std::string& r : outcome.replies)
        *out << r << '\n';
    if (outcome.failed)
        *out << "failed: " << outcome.error;
}

inline read_outcome read_pieces(const std::vector<std::string_view>& pieces,
                                std::size_t reply_bytes_max = 1024 * 1024)
{
    reply_reader reader(reply_bytes_max);
    read_outcome outcome;
    for (const std::string_view piece : pieces) {
        // A copy of its own, so that the sanitizer sees a read behind its end.
        const std::vector<char> bytes(piece.begin(), piece.end());
        outcome.failed = !reader.read({bytes.data(), bytes.size()}, [&](const reply& r) {
            outcome.replies.push_back(text_of(r));
            return true;
        });
        if (outcome.failed)
            break;
    }
    outcome.error = reader.error();
    return outcome;
}

inline std::vector<std::string_view> bytes_of(std::string_view bytes)
{
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        all.push_back(bytes.substr(i, 1));
    return all;
}

} // namespace cresset::redis
