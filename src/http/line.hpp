#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cresset::http {

enum class line_status
{
    need_more,
    whole,    // `to` ends in CR LF
    bad_byte, // a control character, or CR or LF without the other
    too_long  // the line can't end within size_max
};

// Moves bytes from the front of input to the end of `to`, up to and with the next CR LF. Call it
// again with the same `to` after need_more, or for another line behind the first; at most size_max
// bytes come together there.
//
// What it says depends on the bytes alone, not on how they were cut, and it says so at the first
// byte that is wrong: a TLS greeting or noise is not waited on for a line end that never comes.
line_status take_line(std::string_view& input, std::string& to, std::size_t size_max);

} // namespace cresset::http
