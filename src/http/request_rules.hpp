#pragma once

#include "http/request.hpp"

#include <cstddef>
#include <string_view>

// What a request must keep to beyond what Beast's parser asks for. Where two servers in a chain
// read the same bytes as different messages, requests can be smuggled past the first one
// (RFC 9112, section 11.2); so we refuse whatever could be read in two ways.
namespace cresset::http {

// Status 0: nothing to refuse. `why` is a constant, fit to be sent.
struct refusal
{
    unsigned status = 0;
    std::string_view why;

    explicit operator bool() const noexcept { return status != 0; }
};

// Lines come without their CR LF, and without control characters other than tabs (see take_line).
refusal check_request_line(std::string_view line) noexcept;
refusal check_field_line(std::string_view line) noexcept;

// What only all headers together tell: host, length, coding, expectation.
refusal check_request(const request& asked, std::size_t body_bytes_max) noexcept;

} // namespace cresset::http
