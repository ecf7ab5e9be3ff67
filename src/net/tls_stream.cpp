#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <new>
#include <utility>

namespace cresset::net {

tls_stream::tls_stream(std::shared_ptr<const tls_server_context> context, int descriptor,
                       std::span<const char> received)
    : context_(std::move(context)), ssl_(SSL_new(context_->get())), descriptor_(descriptor)
{
    bool made = ssl_ && SSL_set_fd(ssl_, descriptor) == 1;
    if (made && !received.empty()) {
        BIO* const replay = BIO_new(BIO_s_mem());
        const int size = static_cast<int>(received.size());
        made = replay && BIO_write(replay, received.data(), size) == size;
        SSL_set0_rbio(ssl_, replay);
    }
    if (!made) {
        SSL_free(ssl_);
        throw std::bad_alloc();
    }
    SSL_set_accept_state(ssl_);
    // What is no data must not keep this thread in one call for as long as it comes.
    SSL_clear_mode(ssl_, SSL_MODE_AUTO_RETRY);
}

tls_stream::tls_stream(const tls_client_context& context, int descriptor, const std::string& host)
    : ssl_(SSL_new(context.get())), descriptor_(descriptor)
{
    if (!ssl_ || SSL_set_fd(ssl_, descriptor) != 1 || !context.expect_host(ssl_, host)) {
        SSL_free(ssl_);
        throw std::bad_alloc();
    }
    SSL_set_connect_state(ssl_);
    SSL_clear_mode(ssl_, SSL_MODE_AUTO_RETRY);
}

tls_stream::~tls_stream()
{
    SSL_free(ssl_);
}

tls_result tls_stream::shake_hands() noexcept
{
    ERR_clear_error();
    const tls_result result = result_of(SSL_do_handshake(ssl_));
    if (result == tls_result::finished)
        failure_ = "the peer is gone";
    kernel_sends_ = result == tls_result::done && BIO_get_ktls_send(SSL_get_wbio(ssl_)) != 0;
    if (!replays())
        return result;
    if (result == tls_result::done) { // it can't know what to say before it has heard us
        failure_ = "data before the handshake was over";
        return tls_result::failed;
    }
    if (result == tls_result::want_read && SSL_set_rfd(ssl_, descriptor_) == 1)
        return shake_hands();
    return result;
}

// Whether it still reads what had been received before it began.
bool tls_stream::replays() const noexcept
{
    return BIO_method_type(SSL_get_rbio(ssl_)) == BIO_TYPE_MEM;
}

tls_result tls_stream::read(std::span<char>& bytes) noexcept
{
    ERR_clear_error();
    std::size_t got = 0;
    const tls_result result = result_of(SSL_read_ex(ssl_, bytes.data(), bytes.size(), &got));
    bytes = bytes.first(got);
    return result;
}

tls_result tls_stream::write(std::span<const char> bytes, std::size_t& taken) noexcept
{
    ERR_clear_error();
    taken = 0;
    return result_of(
        SSL_write_ex(ssl_, bytes.data(), std::min(bytes.size(), record_bytes), &taken));
}

void tls_stream::finish() noexcept
{
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ERR_clear_error();
}

std::string tls_stream::client_subject() const
{
    // Resumed sessions were verified when they were begun.
    X509* const certificate = SSL_get0_peer_certificate(ssl_);
    if (!certificate || SSL_get_verify_result(ssl_) != X509_V_OK)
        return {};
    const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), BIO_free);
    if (!text ||
        X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                           XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0)
        return {};
    std::string subject(BIO_ctrl_pending(text.get()), '\0');
    BIO_read(text.get(), subject.data(), static_cast<int>(subject.size()));
    return subject;
}

tls_result tls_stream::result_of(int returned) noexcept
{
    if (returned == 1)
        return tls_result::done;
    switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_WANT_READ:
        return tls_result::want_read;
    case SSL_ERROR_WANT_WRITE:
        return tls_result::want_write;
    case SSL_ERROR_ZERO_RETURN:
        return tls_result::finished;
    default:
        break;
    }
    const unsigned long code = ERR_peek_error();
    const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    failure_ = reason ? reason : "the peer is gone";
    ERR_clear_error();
    return tls_result::failed;
}

} // namespace cresset::net
