#include "jwt/base64url.hpp"

#include "crypto/base64.hpp"

#include <algorithm>

namespace cresset::jwt {

std::string base64url_encode(std::string_view bytes)
{
    std::string text =
        crypto::base64_encode({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    text.erase(std::min(text.find('='), text.size()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text)
{
    if (text.find_first_of("+/=") != std::string_view::npos)
        return std::nullopt;
    std::string plain(text);
    std::ranges::replace(plain, '-', '+');
    std::ranges::replace(plain, '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '='); // three, where no bytes have that length
    return crypto::base64_decode(plain);
}

} // namespace cresset::jwt
