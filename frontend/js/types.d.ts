interface Window {
  /** Written by make into config.js: where the service answers. */
  AUTOK?: { api: string };
}
