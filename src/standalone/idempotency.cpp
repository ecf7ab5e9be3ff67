#include "standalone/idempotency.hpp"

#include "standalone/api_answers.hpp"

#include <utility>

namespace cresset::standalone {

http::response idempotency::once(std::string_view name, std::string_view body,
                                 const std::function<http::response()>& run)
{
    const std::string key(name);
    const crypto::sha256_digest digest = crypto::sha256(body);
    {
        const std::lock_guard lock(mutex_);
        const clock::time_point now = clock::now();
        forget_old(now);
        const auto [found, is_new] = entries_.try_emplace(key, entry{digest, {}, false, now});
        if (!is_new) {
            if (found->second.body != digest)
                return api_error(422, "idempotency_mismatch",
                                 "another request had this Idempotency-Key");
            if (!found->second.is_done)
                return api_error(409, "in_progress", "the first request is under way");
            http::response answer = found->second.answer;
            answer.headers.push_back({"Idempotency-Replayed", "true"});
            return answer;
        }
        by_age_.emplace_back(now, key);
    }
    http::response answer;
    try {
        answer = run();
    } catch (...) {
        const std::lock_guard lock(mutex_);
        entries_.erase(key);
        throw;
    }
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end()) {
        found->second.answer = answer;
        found->second.is_done = true;
        bytes_ += answer.body.size();
    }
    return answer;
}

void idempotency::forget_old(clock::time_point now)
{
    const auto is_old = [&] {
        return by_age_.size() >= kept_max || bytes_ > bytes_max ||
               now - by_age_.front().first > kept_for;
    };
    while (!by_age_.empty() && is_old()) {
        const auto& [begun, name] = by_age_.front();
        // It may have failed, and begun anew.
        if (const auto found = entries_.find(name);
            found != entries_.end() && found->second.begun == begun) {
            bytes_ -= found->second.answer.body.size();
            entries_.erase(found);
        }
        by_age_.pop_front();
    }
}

} // namespace cresset::standalone
