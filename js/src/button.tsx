// A button as JupyterLab's look.
import * as React from 'react';

type Props = React.ButtonHTMLAttributes<HTMLButtonElement>;

export const Button = React.forwardRef<HTMLButtonElement, Props>((props, ref) => (
  <button ref={ref} type="button" {...props} className={props.className ?? 'jp-mod-styled'} />
));
