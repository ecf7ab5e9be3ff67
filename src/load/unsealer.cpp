#include "load/unsealer.hpp"

#include "crypto/base64.hpp"

#include <algorithm>

namespace cresset::load {
namespace {

// A string member, looked for and not parsed: base64 has nothing to unescape.
std::string_view find_text(std::string_view text, std::string_view opening)
{
    const std::size_t at = text.find(opening);
    if (at == std::string_view::npos)
        return {};
    const std::string_view rest = text.substr(at + opening.size());
    return rest.substr(0, rest.find('"'));
}

} // namespace

bool is_encrypted(std::string_view text) noexcept
{
    return text.starts_with(R"({"event":"encrypted")");
}

std::optional<std::string_view> unsealer::open(const crypto::aes_key& key, std::string_view text)
{
    if (!crypto::base64_decode(find_text(text, R"("iv":")"), iv_) ||
        !crypto::base64_decode(find_text(text, R"("ct":")"), sealed_) ||
        iv_.size() != crypto::iv_size || sealed_.size() < crypto::tag_size)
        return std::nullopt;
    crypto::gcm_iv iv;
    std::ranges::copy(iv_, iv.begin());
    envelope_.resize(sealed_.size() - crypto::tag_size);
    cipher_.use(key);
    if (!cipher_.open(iv, {}, sealed_, envelope_.data()))
        return std::nullopt;
    return envelope_;
}

} // namespace cresset::load
