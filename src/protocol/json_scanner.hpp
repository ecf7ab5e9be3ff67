#pragma once

#include <cstddef>
#include <string_view>

namespace cresset::protocol {

// More levels of arrays and objects than this are refused; the envelope itself is the first.
inline constexpr std::size_t json_depth_max = 1024;

// Reads one JSON text (RFC 8259) from front to back, strictly, and hands out slices of it: a key
// with its quotes, a value as it came in. Converts nothing, so a number may be of any size; a
// lone surrogate may be escaped, as JSON.parse allows it. UTF-8 is not checked here.
//
//     json_scanner scanner(text);
//     if (scanner.enter_object()) {
//         while (scanner.next_member(key, value)) ...
//     }
//     if (!scanner.finish()) ... the text is not one valid object and nothing else
//
// Never reads outside of the text, takes no memory but itself, calls itself nowhere. The text must
// outlive it. Once something is wrong, all calls return false.
class json_scanner
{
public:
    explicit json_scanner(std::string_view text) noexcept;

    // Passes the opening bracket, if the text begins with it. Only once, before anything else.
    bool enter_object() noexcept;
    bool enter_array() noexcept;

    // The next one of the object or array entered; false after the last, or if something is wrong.
    bool next_member(std::string_view& key, std::string_view& value) noexcept;
    bool next_element(std::string_view& value) noexcept;

    // True if everything was valid, the closing bracket was passed and only space follows.
    bool finish() noexcept;

private:
    enum class state
    {
        before,
        entered,
        between,
        closed,
        failed
    };
    class nesting;

    bool enter(char opening) noexcept;
    bool advance(char closing) noexcept;
    bool fail() noexcept;

    bool skip_value() noexcept;
    bool open_values(nesting& open) noexcept;
    bool close_values(nesting& open) noexcept;
    bool skip_scalar() noexcept;
    bool skip_string() noexcept;
    bool skip_key() noexcept;
    bool skip_colon() noexcept;
    bool skip_to(const char* token_end) noexcept;
    void skip_space() noexcept;
    bool take(char c) noexcept;
    char peek() const noexcept;
    std::string_view slice_from(const char* begin) const noexcept;

    const char* cursor_;
    const char* end_;
    state state_ = state::before;
};

} // namespace cresset::protocol
