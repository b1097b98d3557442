#if defined(__has_include) && !__has_include(<sphinxbase/err.h>)
#error "callpipe needs PocketSphinx 0.8 (5prealpha), as in Debian 12 and 13; 5.x has no cmd_ln_init"
#endif
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <stdlib.h>

// cmd_ln_init is variadic, which Swift cannot call. Silence stays in (times would be wrong without
// it), and the front end's own dither stays out (its generator is shared by all threads).
static inline cmd_ln_t *cpocketsphinx_config(
    const char *acoustic, const char *language, const char *dictionary)
{
    return cmd_ln_init(NULL, ps_args(), TRUE, "-hmm", acoustic, "-lm", language, "-dict",
        dictionary, "-remove_silence", "no", "-dither", "no", NULL);
}

// ps_process_cep wants a pointer to each frame, though it only reads them.
static inline int cpocketsphinx_process_cepstra(
    ps_decoder_t *decoder, const float *cepstra, int frames, int width)
{
    mfcc_t **rows = calloc(frames, sizeof *rows);
    if (rows == NULL)
        return -1;
    for (int frame = 0; frame < frames; frame++)
        rows[frame] = (mfcc_t *)cepstra + (size_t)frame * width;
    int status = ps_process_cep(decoder, rows, frames, FALSE, TRUE);
    free(rows);
    return status;
}
