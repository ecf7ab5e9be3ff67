#pragma once

#include "http/request_parser.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

// Feeds bytes to a request_parser as a connection does, cut in every way that matters.
namespace cresset::http {

struct parse_outcome
{
    std::vector<std::string> requests; // one line of text each, so that outcomes compare and print
    request_parser::status last = request_parser::status::need_more;
    unsigned error = 0;
    std::string error_text;
    bool started = false;

    friend bool operator==(const parse_outcome&, const parse_outcome&) = default;
};

inline void PrintTo(const parse_outcome& outcome, std::ostream* out)
{
    for (const std::string& text : outcome.requests)
        *out << "\n  " << ::testing::PrintToString(text);
    *out << "\n  status " << static_cast<int>(outcome.last) << ", error " << outcome.error << " "
         << outcome.error_text << (outcome.started ? ", started" : "");
}

// "POST /path HTTP/1.1 keep-alive | Name=value | body"
inline std::string describe(const request& asked)
{
    std::string text = asked.method + ' ' + asked.target;
    text += asked.http_1_1 ? " HTTP/1.1" : " HTTP/1.0";
    text += asked.keep_alive ? " keep-alive" : " close";
    for (const header& field : asked.headers)
        text += " | " + field.name + '=' + field.value;
    return text + " | " + asked.body;
}

inline parse_outcome parse_pieces(const std::vector<std::string_view>& pieces,
                                  const request_limits& limits)
{
    request_parser parser(limits);
    parse_outcome outcome;
    for (const std::string_view piece : pieces) {
        // A copy of its own, so that the sanitizer sees a read behind its end.
        const std::vector<char> bytes(piece.begin(), piece.end());
        std::string_view input(bytes.data(), bytes.size());
        do {
            outcome.last = parser.feed(input);
            if (outcome.last == request_parser::status::complete)
                outcome.requests.push_back(describe(parser.take()));
        } while (!input.empty() && outcome.last != request_parser::status::failed);
        if (outcome.last == request_parser::status::failed)
            break;
        EXPECT_TRUE(input.empty());
    }
    outcome.error = parser.error();
    outcome.error_text = parser.error_text();
    outcome.started = parser.started();
    return outcome;
}

inline parse_outcome parse_by_byte(std::string_view bytes, const request_limits& limits)
{
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        pieces.push_back(bytes.substr(i, 1));
    return parse_pieces(pieces, limits);
}

// Whole, in two pieces at every place, and byte by byte: the outcome must be the same.
inline parse_outcome parse_every_way(std::string_view bytes, const request_limits& limits = {})
{
    const parse_outcome whole = parse_pieces({bytes}, limits);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        EXPECT_EQ(parse_pieces({bytes.substr(0, cut), bytes.substr(cut)}, limits), whole)
            << "cut at " << cut;
    }
    EXPECT_EQ(parse_by_byte(bytes, limits), whole) << "byte by byte";
    return whole;
}

} // namespace cresset::http
