#include "net/tls_session.hpp"

#include "net/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

namespace cresset::net {
namespace {

// As large as a record's plaintext (RFC 8446, section 5.1).
constexpr std::size_t record_bytes = 16 * 1024;

int as_int(std::size_t size) noexcept
{
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

} // namespace

tls_session::tls_session(const tls_client_context& context, const std::string& host)
    : ssl_(SSL_new(context.get())), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem()))
{
    if (!ssl_ || !in_ || !out_)
        throw std::bad_alloc();
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_connect_state(ssl_);
    if (context.expect_host(ssl_, host))
        step();
    else
        error_ = "no host to expect a certificate for";
}

tls_session::~tls_session()
{
    SSL_free(ssl_);
}

bool tls_session::receive(std::string_view bytes, std::string& plaintext)
{
    if (!error_.empty())
        return false;
    BIO_write(in_, bytes.data(), as_int(bytes.size()));
    if (!step())
        return false;
    std::array<char, record_bytes> record;
    for (;;) {
        ERR_clear_error();
        const int got = SSL_read(ssl_, record.data(), as_int(record.size()));
        if (got <= 0)
            return !failed(got);
        plaintext.append(record.data(), static_cast<std::size_t>(got));
    }
}

bool tls_session::send(std::string_view plaintext)
{
    if (!error_.empty())
        return false;
    if (!established()) {
        waiting_ += plaintext;
        return true;
    }
    while (!plaintext.empty()) {
        ERR_clear_error();
        const int taken = SSL_write(ssl_, plaintext.data(), as_int(plaintext.size()));
        if (taken <= 0)
            return !failed(taken);
        plaintext.remove_prefix(static_cast<std::size_t>(taken));
    }
    return true;
}

std::string tls_session::take_output()
{
    std::string output(BIO_ctrl_pending(out_), '\0');
    BIO_read(out_, output.data(), as_int(output.size()));
    return output;
}

bool tls_session::established() const noexcept
{
    return SSL_is_init_finished(ssl_) == 1;
}

// The handshake, as far as it goes.
bool tls_session::step()
{
    if (established())
        return true;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result != 1)
        return !failed(result);
    return send(std::exchange(waiting_, {}));
}

bool tls_session::failed(int result)
{
    const int what = SSL_get_error(ssl_, result);
    if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE)
        return false;
    if (what == SSL_ERROR_ZERO_RETURN)
        return true;
    const long verdict = SSL_get_verify_result(ssl_);
    error_ = verdict == X509_V_OK ? tls_error_text() : X509_verify_cert_error_string(verdict);
    ERR_clear_error();
    return true;
}

} // namespace cresset::net
