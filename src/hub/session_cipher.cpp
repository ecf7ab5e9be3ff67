#include "hub/session_cipher.hpp"

#include "crypto/base64.hpp"
#include "hub/sealed_frame.hpp"

#include <algorithm>

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

net::segment_ref session_cipher::seal(std::string_view envelope, sealing_tools& with) noexcept
{
    const crypto::gcm_iv& iv = ivs_.next();
    if (!numbered_)
        return sealed_frame{key_, iv, {}, envelope, before_sealed, behind_sealed}.write(with);
    ++sent_;
    const std::string behind = R"(,"n":)" + std::to_string(sent_) + std::string(behind_sealed);
    return sealed_frame{key_, iv, from_server(sent_), envelope, before_sealed, behind}.write(with);
}

bool session_cipher::open(const protocol::encrypted_data& data, sealing_tools& with,
                          std::string& envelope) const
{
    std::string& scratch = with.scratch;
    crypto::gcm_iv iv;
    if (!crypto::base64_decode(data.iv, scratch) || scratch.size() != iv.size())
        return false;
    std::ranges::copy(scratch, iv.begin());
    if (!crypto::base64_decode(data.ct, scratch) || scratch.size() < crypto::tag_size)
        return false;
    if (numbered_ && data.number != received_ + 1)
        return false;
    envelope.resize(scratch.size() - crypto::tag_size);
    with.cipher.use(key_);
    return with.cipher.open(iv, numbered_ ? from_client(*data.number) : std::string(), scratch,
                            envelope.data());
}

} // namespace cresset::hub
