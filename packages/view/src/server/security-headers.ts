/**
 * Content-Security-Policy of a page that loads nothing from elsewhere.
 *
 * @param images where pictures may come from
 */
export function contentPolicy(images = "'self'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${images}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Sent with every answer: captions and pictures come from anybody, and other pages are not to read or frame any of it. */
export const securityHeaders = {
  "content-security-policy": contentPolicy(),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
