#include "hub/session_cipher.hpp"

#include "crypto/base64.hpp"
#include "hub/sealed_frame.hpp"

#include <algorithm>
#include <utility>

namespace cresset::hub {
namespace {

// What is bound to a numbered message: who sent it, and which of its messages it is.
std::string from_server(std::uint64_t number)
{
    return "server:" + std::to_string(number);
}

std::string from_client(std::uint64_t number)
{
    return "client:" + std::to_string(number);
}

} // namespace

net::segment_ref session_cipher::seal(std::string_view envelope, std::string& scratch)
{
    crypto::aes_gcm& cipher = ready();
    const crypto::gcm_iv& iv = ivs_.next();
    if (!numbered_)
        return sealed_frame{cipher, iv, {}, envelope, before_sealed, behind_sealed}.write(scratch);
    ++sent_;
    const std::string behind = R"(,"n":)" + std::to_string(sent_) + std::string(behind_sealed);
    return sealed_frame{cipher, iv, from_server(sent_), envelope, before_sealed, behind}.write(
        scratch);
}

bool session_cipher::open(const protocol::encrypted_data& data, std::string& scratch,
                          std::string& envelope)
{
    crypto::gcm_iv iv;
    if (!crypto::base64_decode(data.iv, scratch) || scratch.size() != iv.size())
        return false;
    std::ranges::copy(scratch, iv.begin());
    if (!crypto::base64_decode(data.ct, scratch) || scratch.size() < crypto::tag_size)
        return false;
    if (numbered_ && data.number != received_ + 1)
        return false;
    envelope.resize(scratch.size() - crypto::tag_size);
    return ready().open(iv, numbered_ ? from_client(*data.number) : std::string(), scratch,
                        envelope.data());
}

void session_cipher::rest() noexcept
{
    if (!std::exchange(used_, false))
        cipher_.reset();
}

crypto::aes_gcm& session_cipher::ready()
{
    used_ = true;
    if (!cipher_)
        cipher_.emplace(key_);
    return *cipher_;
}

} // namespace cresset::hub
