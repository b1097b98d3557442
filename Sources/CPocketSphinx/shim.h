#include <pocketsphinx.h>
#include <sphinxbase/err.h>

// cmd_ln_init is variadic, which Swift cannot call. Silence stays in (times would be wrong without
// it), and the front end's own dither stays out (its generator is shared by all threads).
static inline cmd_ln_t *cpocketsphinx_config(
    const char *acoustic, const char *language, const char *dictionary)
{
    return cmd_ln_init(NULL, ps_args(), TRUE, "-hmm", acoustic, "-lm", language, "-dict",
        dictionary, "-remove_silence", "no", "-dither", "no", NULL);
}
