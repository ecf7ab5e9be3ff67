#include "ws/deflate_offer.hpp"

#include "http/grammar.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::ws {
namespace {

constexpr std::string_view header_name = "Sec-WebSocket-Extensions";
constexpr std::string_view extension_name = "permessage-deflate";

struct parameter
{
    std::string_view name;
    std::optional<std::string> value;
};

struct extension
{
    std::string_view name;
    std::vector<parameter> parameters;
};

bool is_token(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, http::is_token_char);
}

// Reads one header's value (RFC 6455, section 9.1):
//   extension-list  = 1#( token *( ";" token [ "=" ( token | quoted-string ) ] ) )
class extension_reader
{
public:
    explicit extension_reader(std::string_view text) : left_(text) {}

    // False if the text is malformed.
    bool read(std::vector<extension>& into)
    {
        for (;;) {
            skip_space();
            if (!left_.empty() && left_.front() != ',' && !read_extension(into.emplace_back()))
                return false;
            if (left_.empty())
                return true;
            if (!take(','))
                return false;
        }
    }

private:
    bool read_extension(extension& into)
    {
        if (!read_token(into.name))
            return false;
        while (take(';'))
            if (!read_parameter(into.parameters.emplace_back()))
                return false;
        return true;
    }

    bool read_parameter(parameter& into)
    {
        if (!read_token(into.name))
            return false;
        if (!take('='))
            return true;
        skip_space();
        if (!left_.empty() && left_.front() == '"')
            return read_quoted(into.value.emplace());
        std::string_view token;
        const bool valid = read_token(token);
        into.value.emplace(token);
        return valid;
    }

    bool read_token(std::string_view& into)
    {
        skip_space();
        const auto end = std::ranges::find_if_not(left_, http::is_token_char);
        into = left_.substr(0, static_cast<std::size_t>(end - left_.begin()));
        left_.remove_prefix(into.size());
        skip_space();
        return !into.empty();
    }

    // What is quoted has to be a token too.
    bool read_quoted(std::string& into)
    {
        for (left_.remove_prefix(1); !left_.empty() && left_.front() != '"'; take_front(into))
            if (left_.front() == '\\')
                left_.remove_prefix(1);
        return take('"') && is_token(into);
    }

    void take_front(std::string& into)
    {
        if (left_.empty())
            return;
        into += left_.front();
        left_.remove_prefix(1);
    }

    // The character and the white space behind it, if it is next.
    bool take(char c)
    {
        if (left_.empty() || left_.front() != c)
            return false;
        left_.remove_prefix(1);
        skip_space();
        return true;
    }

    void skip_space()
    {
        left_.remove_prefix(std::min(left_.find_first_not_of(" \t"), left_.size()));
    }

    std::string_view left_;
};

// One offer of permessage-deflate; absent is what it doesn't say.
struct offer
{
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    std::optional<unsigned> server_max_window_bits;
    std::optional<unsigned> client_max_window_bits;
};

// Nothing for what is no number of bits: 8 to 15, without leading zeros (section 7.1.2).
std::optional<unsigned> window_bits(std::string_view text)
{
    for (unsigned bits = window_bits_min; bits <= window_bits_max; ++bits)
        if (text == std::to_string(bits))
            return bits;
    return std::nullopt;
}

bool take_flag(const parameter& given, bool& into)
{
    return !given.value && !std::exchange(into, true);
}

bool take_bits(const parameter& given, std::optional<unsigned>& into)
{
    if (into || !given.value)
        return false;
    into = window_bits(*given.value);
    return into.has_value();
}

// False for one that is unknown, comes twice, or has a value that it can't have: the offer is
// declined with it (section 7.1).
bool take_parameter(const parameter& given, offer& into)
{
    if (given.name == "server_no_context_takeover")
        return take_flag(given, into.server_no_context_takeover);
    if (given.name == "client_no_context_takeover")
        return take_flag(given, into.client_no_context_takeover);
    if (given.name == "server_max_window_bits")
        return take_bits(given, into.server_max_window_bits);
    if (given.name != "client_max_window_bits")
        return false;
    if (given.value || into.client_max_window_bits)
        return take_bits(given, into.client_max_window_bits);
    into.client_max_window_bits = window_bits_max; // without a value: any will do
    return true;
}

std::optional<offer> read_offer(const extension& given)
{
    offer read;
    if (given.name != extension_name)
        return std::nullopt;
    for (const parameter& each : given.parameters)
        if (!take_parameter(each, read))
            return std::nullopt;
    return read;
}

deflate_answer accept(const offer& offered, const deflate_options& options)
{
    deflate_answer answer;
    deflate_parameters& agreed = answer.parameters;
    const auto own_bits = offered.server_max_window_bits.value_or(window_bits_max);
    const auto client_bits = offered.client_max_window_bits.value_or(window_bits_max);
    agreed.agreed = true;
    // zlib can't compress with a window of 8 bits; where nothing is kept, it doesn't have to.
    agreed.server_keeps_context = options.context_takeover && !offered.server_no_context_takeover &&
                                  own_bits > window_bits_min;
    agreed.client_keeps_context = options.context_takeover && !offered.client_no_context_takeover;
    agreed.server_window_bits = own_bits & 0xf;
    agreed.client_window_bits = client_bits & 0xf;

    answer.header = extension_name;
    if (!agreed.server_keeps_context)
        answer.header += "; server_no_context_takeover";
    if (!agreed.client_keeps_context)
        answer.header += "; client_no_context_takeover";
    if (offered.server_max_window_bits)
        answer.header += "; server_max_window_bits=" + std::to_string(own_bits);
    // Only where it was offered, and only where it says something (section 7.1.2.2).
    if (client_bits < window_bits_max)
        answer.header += "; client_max_window_bits=" + std::to_string(client_bits);
    return answer;
}

} // namespace

std::optional<deflate_answer> answer_deflate_offers(const http::request& request,
                                                    const deflate_options& options)
{
    // Read in any case: what does not fit the grammar has to end the connection (RFC 6455, section
    // 9.1), whether or not any extension is wanted.
    std::vector<extension> extensions; // of all headers: a list may be spread over several
    for (const http::header& header : request.headers)
        if (http::iequals(header.name, header_name) &&
            !extension_reader(header.value).read(extensions))
            return std::nullopt;
    if (!options.enabled)
        return deflate_answer{};
    for (const extension& each : extensions)
        if (const auto offered = read_offer(each))
            return accept(*offered, options);
    return deflate_answer{};
}

} // namespace cresset::ws
